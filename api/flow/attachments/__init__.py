"""Files beside the documents: handed in part by part, checked and cleaned, sealed once, fetched, read and collected.

The plaintext never touches a disk, and no file is ever whole in memory.
"""
