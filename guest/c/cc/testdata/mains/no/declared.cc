int main(int argc, char** argv);
int call() {
  return main(0, 0);
}
