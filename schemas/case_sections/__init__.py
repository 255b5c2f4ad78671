"""The sections A to K of the victim case form, a file for each page or half page of it."""
