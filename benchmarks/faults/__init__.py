"""Faults, thrown at two real nodes round after round; whatever is found afterwards is compared with what was answered.

    make faults                                            1,000 seeded rounds and every scenario, with a report
    make faults ARGS="--seed 7 --first 123 --rounds 1"     one round again, as a finding prints it

``points`` and ``launcher`` are what a node process is started with, ``line`` stands between the nodes, ``pair`` are the
two nodes, ``work`` is what their staff does meanwhile, ``catalogue`` lists the faults, ``checks`` says what has to hold
afterwards, ``rounds`` plays them and ``report`` tells of it. No line of the product knows of any of this.
"""
