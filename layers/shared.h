#pragma once

#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "layers/layer.h"

namespace cornu {

/// Something that, as a member of a layer's body, makes the layers it holds sublayers of that layer.
///
/// While a body is under construction a thread-local frame knows its memory; a Trackable that comes to life in there
/// announces itself.
class Trackable {
 public:
  Trackable();
  Trackable(const Trackable&);
  Trackable& operator=(const Trackable&);
  virtual ~Trackable() = default;

  virtual std::vector<LayerPtr> held_layers() const = 0;
  virtual bool is_container() const { return false; }
  /// The name of a container in files.
  virtual std::string container_name() const { return {}; }
};

/// The memory of a body under construction; frames nest.
class LayerFrame {
 public:
  LayerFrame(const void* memory, std::size_t size);
  LayerFrame(const LayerFrame&) = delete;
  LayerFrame& operator=(const LayerFrame&) = delete;
  ~LayerFrame();

  /// Gives the members found to the finished body, which is now known to be made.
  void hand_over_to(const LayerPtr& layer);

 private:
  friend class Trackable;
  static void announce(const Trackable* member);

  const std::byte* memory_;
  std::size_t size_;
  std::vector<const Trackable*> members_;
  LayerFrame* outer_;
};

/// The class that is really instantiated for a body.
template <typename Body> class SharedBody final : public Body {
 public:
  using Body::Body;

 private:
  void make_layers_through_a_Shared_handle() const override {}
};

/// A handle to a layer of any class: copies are the same layer.
class AnyLayer : public Trackable {
 public:
  AnyLayer() = default;
  AnyLayer(LayerPtr layer) : layer_(std::move(layer)) {}

  Outputs operator()(const Inputs& inputs, const CallOptions& options = {}) const { return (*layer_)(inputs, options); }
  Outputs operator()(std::initializer_list<Tensor> inputs, const CallOptions& options = {}) const {
    return (*layer_)(Inputs(inputs), options);
  }

  bool defined() const { return layer_ != nullptr; }
  Layer* operator->() const { return layer_.get(); }
  Layer& operator*() const { return *layer_; }
  const LayerPtr& ptr() const { return layer_; }
  std::vector<LayerPtr> held_layers() const override {
    return layer_ ? std::vector<LayerPtr>{layer_} : std::vector<LayerPtr>{};
  }
  bool operator==(const AnyLayer& other) const { return layer_ == other.layer_; }

  /// Another layer of the same class and configuration, with its own weights. **Throws** Unsupported for a class that
  /// was not registered (`register_layer`).
  AnyLayer clone() const;

 protected:
  LayerPtr layer_;
};

/// A handle to a layer whose body is of class `Body`; the arguments of its constructor make a new one.
///
/// A copy of a handle is the same layer. `handle->` reaches the body's public members.
template <typename Body> class Shared : public AnyLayer {
 public:
  template <typename... Arguments>
  requires std::is_constructible_v<SharedBody<Body>, Arguments...>
  explicit Shared(Arguments&&... arguments) : AnyLayer(make(std::forward<Arguments>(arguments)...)) {}

  /// A handle to an existing layer of that class.
  static Shared of(const std::shared_ptr<Body>& body) { return Shared(FromPointer{}, body); }

  Body* operator->() const { return static_cast<Body*>(layer_.get()); }
  Body& operator*() const { return *operator->(); }

 protected:
  struct FromPointer {};
  Shared(FromPointer, LayerPtr body) : AnyLayer(std::move(body)) {}

  template <typename... Arguments> static LayerPtr make(Arguments&&... arguments) {
    using Instance = SharedBody<Body>;
    static_assert(std::is_base_of_v<Layer, Body>, "Shared<Body>: Body must derive from cornu::Layer");
    void* memory = ::operator new(sizeof(Instance), std::align_val_t(alignof(Instance)));
    LayerFrame frame(memory, sizeof(Instance));
    Instance* instance = nullptr;
    try {
      instance = ::new (memory) Instance(std::forward<Arguments>(arguments)...);
    } catch (...) {
      ::operator delete(memory, std::align_val_t(alignof(Instance)));
      throw;
    }
    LayerPtr layer(static_cast<Layer*>(instance), [](Layer* dead) {
      auto* body = static_cast<Instance*>(dead);
      body->~Instance();
      ::operator delete(static_cast<void*>(body), std::align_val_t(alignof(Instance)));
    });
    frame.hand_over_to(layer);
    return layer;
  }
};

/// A list of layers as a member of a layer or by itself; files name its items by class (`dense`, `dense_1`).
class LayerList : public Trackable {
 public:
  explicit LayerList(std::string name, std::vector<AnyLayer> layers = {});
  void push_back(const AnyLayer& layer);
  std::size_t size() const { return layers_.size(); }
  AnyLayer operator[](std::size_t i) const { return AnyLayer(layers_.at(i)); }
  std::vector<LayerPtr> held_layers() const override { return layers_; }
  bool is_container() const override { return true; }
  std::string container_name() const override { return name_; }
  auto begin() const { return layers_.begin(); }
  auto end() const { return layers_.end(); }

 private:
  std::string name_;
  std::vector<LayerPtr> layers_;
};

}  // namespace cornu
