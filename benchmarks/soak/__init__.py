"""Two nodes under steady load for minutes, with faults on the way; then everything has to be accounted for.

    make soak                                   ten minutes, with a report
    make soak ARGS="--minutes 1"                a try

First it is measured what the pair can do at most; then four fifths of that come at fixed times, whatever happens.
``load`` is the staff that sends and asks again until it is answered, ``strikes`` kills processes and cuts lines,
``memory`` watches the resident set, and ``accounting`` compares both nodes with what was answered, as ``make faults``
does. The line to the department runs through this process, for the maximum too.
"""
