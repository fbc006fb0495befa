import typing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import lib.a
else:
    import more.b
