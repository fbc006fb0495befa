/* The entry. */ int /* c */ main() try { } catch (...) { }
