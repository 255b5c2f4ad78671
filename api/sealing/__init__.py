"""Bytes in, bytes out: the only room that knows cryptography. It opens no file, socket or clock."""
