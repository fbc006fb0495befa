from .two import x
from ..a import one
