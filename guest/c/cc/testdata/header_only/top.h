#include "tree/leaf.hh"
