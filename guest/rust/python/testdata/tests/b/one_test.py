import b.lib
