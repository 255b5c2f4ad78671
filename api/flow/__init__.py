"""One file per step, in the order in which the data moves: record, dispatch, deliver or pull, receive, open."""
