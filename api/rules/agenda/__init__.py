"""What a meeting has to speak about, found in the documents of its cases: references and codes, no names (004 1.4).

``brought`` says what is known about a case, ``late`` finds what the watch waits for in vain, ``way_home`` and
``at_home`` name the finder of each topic, and ``agenda`` puts what they find in order. Nothing here
decides: the meeting does.
"""
