int App::main() { return 0; }
