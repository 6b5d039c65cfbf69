#pragma once

#include <string>
#include <vector>

namespace cornu {

/// Places for boxes with arrows between them, in layers along the arrows; boxes may hold others.
///
/// After Sugiyama, Tagawa and Toda (1981): a layer for each step of the longest way, places within a layer by the mean
/// of the neighbours, and for these a least squares fit that keeps the boxes apart.
struct LayeredLayout {
  struct Box {
    double width = 0;  ///< of one that holds others that of its title at least, no other size counts
    double height = 0;
    int around = -1;  ///< the box that holds it; boxes that hold others come before them
    bool is_open = false;
    double x = 0, y = 0;  ///< set: the left upper corner; the sizes of those that hold others are set too
  };
  struct Point {
    double x = 0, y = 0;
  };
  struct Arrow {
    int from = 0;
    int to = 0;
    std::vector<Point> points = {};  ///< set: pairs of begin and end of straight pieces, to be joined by curves
    bool is_back = false;            ///< set: leads to an earlier box, or to the same
  };

  std::vector<Box> boxes;
  std::vector<Arrow> arrows;
  double width = 0, height = 0;  ///< set

  /// `direction`: "TB", "LR", "BT" or "RL".
  void compute(const std::string& direction);
};

}  // namespace cornu
