"""What a node does in a second, how long it takes and how much it needs, each figure beside its limit of the same run.

    make bench                                                every section
    make bench ARGS="--only accepted --only drain"            some of them
    make bench ARGS="--on sqlite --rounds 9"                  more rounds, without PostgreSQL
    make bench ARGS="--report docs/reports/bench"             keep the report as Markdown and JSON

Each section is a module with ``measure(asked, places)``, which returns a ``Section`` of rows. ``accepted`` is how fast
envelopes are taken in, ``latency`` the way from a form to its receipt, ``drain`` what becomes of a mountain that
waits, ``bundle`` a file in place of the network, ``lists`` whether they stay as fast when documents pile up (filled by
``archive`` and ``filling``), ``start`` what a node needs before it does anything. ``nodes`` and ``pair`` are the nodes
that are measured, ``places`` where they lie, ``client`` is who keeps them busy, ``primitives`` what the machine allows
at best. There are no thresholds: ratios hold where absolute figures drift. No test looks at a figure.
"""
