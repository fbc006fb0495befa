def f():
    return [
