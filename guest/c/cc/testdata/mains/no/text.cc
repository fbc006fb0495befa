// int main() {}
/*
int main() {}
*/
const char* a = R"x(
int main() {}
)x";
