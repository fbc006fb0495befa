import b.c
print 'x'
def f(:
    import b.d
