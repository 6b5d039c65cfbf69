// error: NumberType
#include <string>

#include "framework/tensor.h"

int main() { cornu::Tensor::empty({1}).to_vector<std::string>(); }
