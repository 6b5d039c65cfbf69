#include "models/layered_layout.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace cornu {
namespace {

constexpr double kGapInLayer = 28;
constexpr double kGapOfLayers = 44;
constexpr double kPadding = 16;
constexpr double kTitleHeight = 20;
constexpr double kLaneWidth = 8;
constexpr double kGapOfPorts = 28;
constexpr int kSweeps = 6;

// A box or the lane of an arrow in a layer that it crosses.
struct Item {
  int box = -1;  // -1 for a lane
  double width = 0;
  double height = 0;
  int layer = 0;
  double centre = 0;
  std::vector<std::size_t> before;  // neighbours in the layer before, and in that behind
  std::vector<std::size_t> behind;
};

// Centres that are as close to the wanted ones as the distances between neighbours allow, by least squares: pool
// adjacent violators.
std::vector<double> kept_apart(const std::vector<double>& wanted, const std::vector<double>& distances) {
  struct Block {
    double sum;
    double count;
    double mean() const { return sum / count; }
  };
  std::vector<Block> blocks;
  double offset = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i > 0) offset += distances[i - 1];
    blocks.push_back({wanted[i] - offset, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum;
      blocks.back().count += last.count;
    }
  }
  std::vector<double> placed;
  offset = 0;
  for (const Block& block : blocks) {
    for (double i = 0; i < block.count; ++i) {
      if (!placed.empty()) offset += distances[placed.size() - 1];
      placed.push_back(block.mean() + offset);
    }
  }
  return placed;
}

// What one box holds, or all that no box holds. Layers go down; other directions are made of that afterwards.
class Level {
 public:
  Level(LayeredLayout& layout, int around) : layout_(layout), around_(around) {}

  // Places the boxes from (0, 0) on. **Returns** the size of all.
  LayeredLayout::Point place() {
    collect();
    assign_layers();
    add_lanes();
    order();
    place_across();
    return place_along();
  }

 private:
  using Index = std::size_t;

  // The box of this level that a box is or is in; -1 where it is elsewhere.
  int lifted(int box) const {
    while (box >= 0 && layout_.boxes[static_cast<Index>(box)].around != around_) {
      box = layout_.boxes[static_cast<Index>(box)].around;
    }
    return box;
  }

  void collect() {
    for (Index i = 0; i < layout_.boxes.size(); ++i) {
      if (layout_.boxes[i].around != around_) continue;
      item_of_box_[static_cast<int>(i)] = items_.size();
      Item item;
      item.box = static_cast<int>(i);
      item.width = layout_.boxes[i].width;
      item.height = layout_.boxes[i].height;
      items_.push_back(item);
    }
  }

  // Those of this level that lead on, as pairs of items.
  std::vector<std::pair<Index, Index>> forward_arrows() const {
    std::vector<std::pair<Index, Index>> pairs;
    for (const LayeredLayout::Arrow& arrow : layout_.arrows) {
      const int from = lifted(arrow.from);
      const int to = lifted(arrow.to);
      if (from >= 0 && to >= 0 && from < to) pairs.emplace_back(item_of_box_.at(from), item_of_box_.at(to));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }

  void assign_layers() {
    const auto pairs = forward_arrows();
    for (const auto& [from, to] : pairs) items_[to].layer = std::max(items_[to].layer, items_[from].layer + 1);
    // What nothing leads to stands close to where it is used.
    for (Index i = 0; i < items_.size(); ++i) {
      int first_use = 0;
      bool is_reached = false;
      for (const auto& [from, to] : pairs) {
        is_reached = is_reached || to == i;
        if (from == i) first_use = first_use == 0 ? items_[to].layer : std::min(first_use, items_[to].layer);
      }
      if (!is_reached && first_use > 0) items_[i].layer = first_use - 1;
    }
  }

  void add_lanes() {
    auto pairs = forward_arrows();
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (const auto& [from, to] : pairs) {
      Index last = from;
      for (int layer = items_[from].layer + 1; layer < items_[to].layer; ++layer) {
        Item lane;
        lane.width = kLaneWidth;
        lane.layer = layer;
        items_.push_back(lane);
        lanes_[{from, to}].push_back(items_.size() - 1);
        connect(last, items_.size() - 1);
        last = items_.size() - 1;
      }
      connect(last, to);
    }
    for (Index i = 0; i < items_.size(); ++i) {
      layers_.resize(std::max(layers_.size(), static_cast<Index>(items_[i].layer) + 1));
      layers_[static_cast<Index>(items_[i].layer)].push_back(i);
    }
  }

  void connect(Index from, Index to) {
    items_[from].behind.push_back(to);
    items_[to].before.push_back(from);
  }

  // By the mean place of the neighbours, down and up several times.
  void order() {
    std::vector<double> place(items_.size());
    const auto number = [&](const std::vector<Index>& layer) {
      for (Index k = 0; k < layer.size(); ++k) place[layer[k]] = static_cast<double>(k);
    };
    for (const auto& layer : layers_) number(layer);
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      const bool down = sweep % 2 == 0;
      for (Index n = 0; n < layers_.size(); ++n) {
        std::vector<Index>& layer = layers_[down ? n : layers_.size() - 1 - n];
        std::map<Index, double> wanted;
        for (const Index item : layer) {
          const std::vector<Index>& neighbours = down ? items_[item].before : items_[item].behind;
          wanted[item] = mean_of(neighbours, place[item], [&](Index other) { return place[other]; });
        }
        std::stable_sort(layer.begin(), layer.end(), [&](Index a, Index b) { return wanted[a] < wanted[b]; });
        number(layer);
      }
    }
  }

  template <typename ValueOf>
  static double mean_of(const std::vector<Index>& items, double otherwise, const ValueOf& value_of) {
    if (items.empty()) return otherwise;
    double sum = 0;
    for (const Index item : items) sum += value_of(item);
    return sum / static_cast<double>(items.size());
  }

  void place_across() {
    for (int sweep = 0; sweep <= kSweeps; ++sweep) {
      const bool down = sweep % 2 == 0;
      for (Index n = 0; n < layers_.size(); ++n) {
        const std::vector<Index>& layer = layers_[down ? n : layers_.size() - 1 - n];
        std::vector<double> wanted, distances;
        for (Index k = 0; k < layer.size(); ++k) {
          const Item& item = items_[layer[k]];
          std::vector<Index> neighbours = down ? item.before : item.behind;
          // In the end between both.
          if (sweep == kSweeps) neighbours.insert(neighbours.end(), item.behind.begin(), item.behind.end());
          wanted.push_back(mean_of(neighbours, item.centre, [&](Index other) { return items_[other].centre; }));
          if (k > 0) distances.push_back((items_[layer[k - 1]].width + item.width) / 2 + kGapInLayer);
        }
        const std::vector<double> centres = kept_apart(wanted, distances);
        for (Index k = 0; k < layer.size(); ++k) items_[layer[k]].centre = centres[k];
      }
    }
  }

  LayeredLayout::Point place_along() {
    double left = 0, right = 0;
    for (Index i = 0; i < items_.size(); ++i) {
      const double begin = items_[i].centre - items_[i].width / 2;
      left = i == 0 ? begin : std::min(left, begin);
      right = i == 0 ? begin + items_[i].width : std::max(right, begin + items_[i].width);
    }
    double y = 0;
    std::vector<LayeredLayout::Point> rows;  // begin and end of each layer
    for (const std::vector<Index>& layer : layers_) {
      double height = 0;
      for (const Index item : layer) height = std::max(height, items_[item].height);
      for (const Index item : layer) {
        if (items_[item].box < 0) continue;
        LayeredLayout::Box& box = layout_.boxes[static_cast<Index>(items_[item].box)];
        box.x = items_[item].centre - items_[item].width / 2 - left;
        box.y = y + (height - items_[item].height) / 2;
      }
      rows.push_back({y, y + height});
      y += height + kGapOfLayers;
    }
    add_points_of_lanes(left, rows);
    return {right - left, std::max(0.0, y - kGapOfLayers)};
  }

  void add_points_of_lanes(double left, const std::vector<LayeredLayout::Point>& rows) {
    for (LayeredLayout::Arrow& arrow : layout_.arrows) {
      const int from = lifted(arrow.from);
      const int to = lifted(arrow.to);
      if (from < 0 || to < 0) continue;
      if (from > to || arrow.from == arrow.to) arrow.is_back = true;
      if (from >= to) continue;
      const auto lanes = lanes_.find({item_of_box_.at(from), item_of_box_.at(to)});
      if (lanes == lanes_.end()) continue;
      for (const Index lane : lanes->second) {
        const LayeredLayout::Point& row = rows[static_cast<Index>(items_[lane].layer)];
        arrow.points.push_back({items_[lane].centre - left, row.x});
        arrow.points.push_back({items_[lane].centre - left, row.y});
      }
    }
  }

  LayeredLayout& layout_;
  int around_;
  std::vector<Item> items_;
  std::map<int, Index> item_of_box_;
  std::map<std::pair<Index, Index>, std::vector<Index>> lanes_;
  std::vector<std::vector<Index>> layers_;
};

// The box around both ends, whose level has the lanes of the arrow; -1 for the whole.
int box_around_both(const LayeredLayout& layout, int a, int b) {
  std::vector<int> around_a;
  while (a >= 0) around_a.push_back(a = layout.boxes[static_cast<std::size_t>(a)].around);
  while (b >= 0) {
    b = layout.boxes[static_cast<std::size_t>(b)].around;
    if (std::find(around_a.begin(), around_a.end(), b) != around_a.end()) return b;
  }
  return -1;
}

// Where arrows leave a box, or arrive at it: side by side, in the order of where they lead, so that each can be seen.
// `is_begin` says which end is meant. **Returns** a place across the layers for each arrow.
std::vector<double> ports(const LayeredLayout& layout, bool is_begin) {
  const auto centre = [&](int box) {
    const LayeredLayout::Box& at = layout.boxes[static_cast<std::size_t>(box)];
    return at.x + at.width / 2;
  };
  std::map<int, std::vector<std::size_t>> arrows_of;
  std::vector<double> wanted, placed(layout.arrows.size());
  for (std::size_t i = 0; i < layout.arrows.size(); ++i) {
    const LayeredLayout::Arrow& arrow = layout.arrows[i];
    const double lane = arrow.points.empty() ? centre(is_begin ? arrow.to : arrow.from)
                                             : (is_begin ? arrow.points.front() : arrow.points.back()).x;
    wanted.push_back(lane);
    if (!arrow.is_back) arrows_of[is_begin ? arrow.from : arrow.to].push_back(i);
  }
  for (auto& [box, arrows] : arrows_of) {
    std::stable_sort(arrows.begin(), arrows.end(), [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
    const auto count = static_cast<double>(arrows.size());
    const double step = std::min(kGapOfPorts, layout.boxes[static_cast<std::size_t>(box)].width / (count + 1));
    for (std::size_t k = 0; k < arrows.size(); ++k) {
      placed[arrows[k]] = centre(box) + (static_cast<double>(k) - (count - 1) / 2) * step;
    }
  }
  return placed;
}

// Ends of the arrows: from the lower edge of one box to the upper edge of another. Arrows back go along the right.
void add_ends(LayeredLayout& layout) {
  const std::vector<double> begins = ports(layout, true);
  const std::vector<double> ends = ports(layout, false);
  for (std::size_t i = 0; i < layout.arrows.size(); ++i) {
    LayeredLayout::Arrow& arrow = layout.arrows[i];
    const LayeredLayout::Box& from = layout.boxes[static_cast<std::size_t>(arrow.from)];
    const LayeredLayout::Box& to = layout.boxes[static_cast<std::size_t>(arrow.to)];
    if (arrow.is_back) {
      const double lane = std::max(from.x + from.width, to.x + to.width) + kGapInLayer / 2;
      const double begin = from.y + from.height * 0.7;
      const double end = to.y + to.height * 0.3;
      arrow.points = {{from.x + from.width, begin}, {lane, begin}, {lane, end}, {to.x + to.width, end}};
      layout.width = std::max(layout.width, lane + 1);
    } else {
      arrow.points.insert(arrow.points.begin(), {begins[i], from.y + from.height});
      arrow.points.push_back({ends[i], to.y});
    }
  }
}

}  // namespace

void LayeredLayout::compute(const std::string& direction) {
  const bool sideways = direction == "LR" || direction == "RL";
  const bool backwards = direction == "BT" || direction == "RL";
  if (sideways) {
    for (Box& box : boxes) std::swap(box.width, box.height);
  }
  // Where the title goes once the direction is made: above.
  const Point before{kPadding + (sideways ? kTitleHeight : 0), kPadding + (!sideways && !backwards ? kTitleHeight : 0)};
  const Point behind{kPadding, kPadding + (!sideways && backwards ? kTitleHeight : 0)};

  // From the innermost outwards, since the size of a box is that of what it holds.
  for (std::size_t i = boxes.size(); i-- > 0;) {
    if (!boxes[i].is_open) continue;
    const Point size = Level(*this, static_cast<int>(i)).place();
    const double title = sideways ? boxes[i].height : boxes[i].width;
    boxes[i].width = std::max(before.x + size.x + behind.x, sideways ? 0 : title);
    boxes[i].height = std::max(before.y + size.y + behind.y, sideways ? title : 0);
  }
  const Point size = Level(*this, -1).place();
  width = size.x;
  height = size.y;
  for (Box& box : boxes) {
    if (box.around < 0) continue;
    box.x += boxes[static_cast<std::size_t>(box.around)].x + before.x;
    box.y += boxes[static_cast<std::size_t>(box.around)].y + before.y;
  }
  for (Arrow& arrow : arrows) {
    const int around = box_around_both(*this, arrow.from, arrow.to);
    if (around < 0) continue;
    for (Point& point : arrow.points) {
      point.x += boxes[static_cast<std::size_t>(around)].x + before.x;
      point.y += boxes[static_cast<std::size_t>(around)].y + before.y;
    }
  }
  add_ends(*this);

  const auto turn = [&](double& x, double& y, double box_height) {
    if (backwards) y = height - y - box_height;
    if (sideways) std::swap(x, y);
  };
  for (Arrow& arrow : arrows) {
    for (Point& point : arrow.points) turn(point.x, point.y, 0);
  }
  for (Box& box : boxes) {
    turn(box.x, box.y, box.height);
    if (sideways) std::swap(box.width, box.height);
  }
  if (sideways) std::swap(width, height);
}

}  // namespace cornu
