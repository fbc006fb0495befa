auto main(int, char*[]) -> int { return 0; }
