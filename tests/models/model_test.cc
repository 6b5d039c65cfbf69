#include "models/model.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "layers/core/dense.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using test::floats;
using test::values_of;

// A model whose weights are all in its layers, so that only a call knows their shapes.
class TwinModel : public ModelLayer {
 public:
  TwinModel() : ModelLayer("twin") {
    for (int i = 0; i < 2; ++i) list_.push_back(layers::Dense(3));
  }
  int calls = 0;

 protected:
  Outputs call(const Inputs& x, const CallContext&) override {
    ++calls;
    return list_[1](list_[0](x[0]));
  }

 private:
  LayerList list_{"list"};
};
using Twin = SharedModel<TwinModel>;

BOOST_AUTO_TEST_SUITE(models_model)

BOOST_AUTO_TEST_CASE(build_for_makes_the_weights_of_all_layers) {
  Twin twin;
  twin->build_for({{kUnknown, 2}});
  BOOST_TEST(twin->calls == 1);
  BOOST_TEST(twin->count_params() == 2 * 3 + 3 + 3 * 3 + 3);
  twin->build_for({{kUnknown, 2}});
  BOOST_TEST(twin->calls == 1);
}

BOOST_AUTO_TEST_CASE(a_model_built_before_its_first_call_takes_weights) {
  Twin twin;
  twin->build_for({{kUnknown, 1}});
  twin->set_weights({floats({1, 2, 3}, {1, 3}), floats({0, 0, 0}, {3}), floats({1, 0, 0, 0, 1, 0, 0, 0, 1}, {3, 3}),
                     floats({0, 0, 1}, {3})});
  BOOST_TEST(values_of(twin(floats({2}, {1, 1}))) == (std::vector<double>{2, 4, 7}), boost::test_tools::per_element());
}

// Braces mean what they mean in Keras: a list by order, pairs by name.
BOOST_AUTO_TEST_CASE(arguments_of_compile_are_given_by_order_or_by_name) {
  const CompileOptions one{.loss = "mse", .loss_weights = 1.0, .metrics = {"mae", "mse"}};
  BOOST_TEST(one.loss.is_single());
  BOOST_TEST(one.metrics.lists().size() == 1u);
  BOOST_TEST(one.metrics.lists()[0].size() == 2u);
  const CompileOptions listed{.loss = {"mse", "mae"}, .loss_weights = {1.0, 0.5}};
  BOOST_TEST(listed.loss.list().size() == 2u);
  BOOST_TEST(listed.loss_weights.list().size() == 2u);
  const CompileOptions named{.loss = {{"price", "mse"}, {"age", "mae"}},
                             .loss_weights = {{"price", 1.0}, {"age", 0.5}},
                             .metrics = {{"price", {"mae", "mse"}}}};
  BOOST_TEST(named.loss.named().at("age").name() == "mean_absolute_error");
  BOOST_TEST(named.loss_weights.named().at("age") == 0.5);
  BOOST_TEST(named.metrics.named().at("price").size() == 2u);
}

BOOST_AUTO_TEST_CASE(data_are_given_by_order_or_by_name) {
  const Tensor x = floats({1}, {1}), y = floats({2}, {1});
  BOOST_TEST(ModelData(x).tensors().size() == 1u);
  const ModelData listed = {x, y};
  BOOST_TEST(listed.tensors().size() == 2u);
  const ModelData named = {{"left", x}, {"right", y}};
  BOOST_TEST(named.named().at("right").same(y));
  const ModelData none = {};
  BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
