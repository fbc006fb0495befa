#include "circle.hpp"
