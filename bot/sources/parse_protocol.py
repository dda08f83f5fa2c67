"""What parse workers and their parent agree on. It imports nothing, so that the parent never loads a parser."""

import struct

READY = b"+"
LENGTH = struct.Struct(">I")
