int
main(int argc, char** argv)  // Runs; it all.
{
  return 0;
}
