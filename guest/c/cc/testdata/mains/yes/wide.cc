int wmain(int argc, wchar_t* argv[]) { return 0; }
