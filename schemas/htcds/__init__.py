"""What is kept of HTCDS 2.0, IOM's Human Trafficking Case Data Standard (CC BY 4.0), as data.

Aligned with the standard; no endorsement by IOM is implied. Its names, labels and codes stay as they were published,
spelling included (``Unaquainted``). Which question of ours has which name there is declared on the question
(``fact(..., htcds=...)``); here is the standard itself, and which of its codes is which of ours.
"""
