#include "framework/executor/optimise.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "framework/executor/passes/passes.h"

namespace cornu {

bool dumps_passes() {
  const char* wanted = std::getenv("CORNU_DUMP");
  return wanted && std::string_view(wanted).find("passes") != std::string_view::npos;
}

Ir optimised(Ir ir) {
  struct Pass {
    const char* name;
    void (*run)(Ir&);
    bool is_for_cards_only = false;
  };
  // Simplification and folding open ways for one another; a second round finds nearly all.
  static constexpr Pass kPasses[] = {{"fold_constants", fold_constants},
                                     {"simplify", simplify},
                                     {"merge_common_subexpressions", merge_common_subexpressions},
                                     {"absorb_transposes", absorb_transposes},
                                     {"absorb_transposes", absorb_transposes},
                                     {"widen_low_precision", widen_low_precision},
                                     {"fold_constants", fold_constants},
                                     {"simplify", simplify},
                                     {"merge_common_subexpressions", merge_common_subexpressions},
                                     {"prune", prune},
                                     {"shrink_pool_gradients", shrink_pool_gradients},
                                     {"keep_pool_winners", keep_pool_winners},
                                     {"fold_channel_scales", fold_channel_scales},
                                     {"lay_out_filters", lay_out_filters, true},
                                     {"hoist_weights", hoist_weights},
                                     {"merge_bias_gradients", merge_bias_gradients},
                                     {"fuse_post_operations", fuse_post_operations},
                                     {"split_batch_norm", split_batch_norm},
                                     {"recompute_elementwise", recompute_elementwise},
                                     {"fuse_elementwise", fuse_elementwise},
                                     {"recompute_at_peak", recompute_at_peak},
                                     {"group_updates", group_updates, true},
                                     {"group_transposes", group_transposes, true},
                                     {"order_updates", order_updates}};
  const bool dumps = dumps_passes();
  if (dumps) std::fprintf(stderr, "== import: %zu nodes\n%s", ir.nodes.size(), ir.to_string().c_str());
  for (const Pass& pass : kPasses) {
    if (pass.is_for_cards_only && ir.backend != Backend::kCuda) continue;
    pass.run(ir);
    if (dumps) std::fprintf(stderr, "== %s: %zu nodes\n%s", pass.name, ir.nodes.size(), ir.to_string().c_str());
  }
  return ir;
}

}  // namespace cornu
