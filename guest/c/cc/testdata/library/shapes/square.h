#pragma once
int square(int side);
