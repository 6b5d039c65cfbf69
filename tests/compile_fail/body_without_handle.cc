// error: make_layers_through_a_Shared_handle
#include "layers/layer.h"

class ScaleLayer : public cornu::Layer {
 protected:
  cornu::Outputs call(const cornu::Inputs& inputs, const cornu::CallContext&) override { return inputs.tensors(); }
};

int main() { ScaleLayer scale; }
