"""What ``homeward doctor`` looks at: the machine, the database, the keys, the other sides."""
