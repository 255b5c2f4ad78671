"""What is due in a case, by which rule, until when and for whom: D01 to D21 of the policy table (domain 4.1).

Everything here is pure and asks nobody what time it is: a deadline follows from the documents alone, so both sides come
to the same ones, in whatever order the documents came. Only how urgent one is depends on now (``deadline.py``).
"""
