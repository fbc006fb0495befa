import typing
if typing.TYPE_CHECKING:
    import lib.a
