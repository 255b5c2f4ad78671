"""The rehearsal: two nodes as two processes, played through HTTP like a stranger's client would."""
