#if 1
  int main(void (*f)(int)) { return 0; }
#endif
