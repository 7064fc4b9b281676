// The kernels, written once over a vector type `V`. Each kernels_<isa>.cpp defines its own V, with the same
// names, inside an anonymous namespace and a region compiled for its instruction set, and includes this file
// there: no include guard.
//
// V has: Reg (kWidth floats), Element, Pair (a register of kWidth * kPair elements), kTileRows, kTileRegs,
// kDepth, and the functions used below.
//
// Everything rests on one register tile: C[rows][lanes] += A[rows][depth] * B[depth][lanes], A read by
// broadcast, B from packed panels. For a linear layer A is activations and B weights. In attention the lanes
// are queries: scores are A = keys, B = queries; the result is A = transposed values, B = probabilities. So
// the softmax of a query runs down one lane, without sums across a register.

#if defined(__clang__)
#define SIGLIP_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define SIGLIP_UNROLL _Pragma("GCC unroll 16")
#else
#define SIGLIP_UNROLL
#endif

using Reg = V::Reg;
using Element = V::Element;

constexpr int kLanes = V::kWidth * V::kTileRegs;
constexpr int kKeyBlock = 256;  // keys between two corrections of the running softmax

int round_up(int value, int step) {
  return (value + step - 1) / step * step;
}

// `depth` counts steps of kPair elements.
inline void tile(const Element* a, size_t a_stride, const Element* b, int depth, float* c, bool accumulate) {
  Reg sum[V::kTileRows][V::kTileRegs];
  SIGLIP_UNROLL
  for (int r = 0; r < V::kTileRows; ++r) {
    SIGLIP_UNROLL
    for (int j = 0; j < V::kTileRegs; ++j) {
      sum[r][j] = accumulate ? V::load(c + r * kLanes + j * V::kWidth) : V::zero();
    }
  }
  for (int i = 0; i < depth; ++i) {
    typename V::Pair columns[V::kTileRegs];
    SIGLIP_UNROLL
    for (int j = 0; j < V::kTileRegs; ++j) columns[j] = V::load_pairs(b + j * V::kWidth * V::kPair);
    SIGLIP_UNROLL
    for (int r = 0; r < V::kTileRows; ++r) {
      const typename V::Pair row = V::broadcast(a + r * a_stride);
      SIGLIP_UNROLL
      for (int j = 0; j < V::kTileRegs; ++j) sum[r][j] = V::multiply_add(row, columns[j], sum[r][j]);
    }
    a += V::kPair;
    b += kLanes * V::kPair;
  }
  SIGLIP_UNROLL
  for (int r = 0; r < V::kTileRows; ++r) {
    SIGLIP_UNROLL
    for (int j = 0; j < V::kTileRegs; ++j) V::store(c + r * kLanes + j * V::kWidth, sum[r][j]);
  }
}

// 2^x, to V::kExpTerms terms of its series around the nearest whole number.
inline Reg exp2_of(Reg x) {
  x = V::clamp(x);
  const Reg whole = V::round(x);
  const Reg part = V::sub(x, whole);
  constexpr float kTerms[] = {1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f,
                              2.4022651e-1f, 6.9314718e-1f, 1.0f};
  constexpr int kFirst = 7 - V::kExpTerms;
  Reg p = V::set(kTerms[kFirst]);
  SIGLIP_UNROLL
  for (int i = kFirst + 1; i < 7; ++i) p = V::fma(p, part, V::set(kTerms[i]));
  return V::scale2(p, whole);
}

// x/2 (1 + tanh(u)) = x / (1 + e^-2u) with u = sqrt(2/pi) (x + 0.044715 x^3)
inline Reg gelu(Reg x) {
  constexpr float kScale = -2.0f * 0.7978845608028654f * 1.4426950408889634f;
  const Reg cubic = V::fma(V::mul(x, x), V::set(kScale * 0.044715f), V::set(kScale));
  const Reg e = exp2_of(V::mul(x, cubic));
  return V::div(x, V::add(e, V::set(1.0f)));
}

void layer_norm(const float* x, int n, const float* weight, const float* bias, float eps, void* out) {
  Reg sum = V::zero();
  for (int i = 0; i < n; i += V::kWidth) sum = V::add(sum, V::load(x + i));
  const Reg mean = V::set(V::total(sum) / static_cast<float>(n));
  Reg squares = V::zero();
  for (int i = 0; i < n; i += V::kWidth) {
    const Reg d = V::sub(V::load(x + i), mean);
    squares = V::fma(d, d, squares);
  }
  const Reg scale = V::set(1.0f / std::sqrt(V::total(squares) / static_cast<float>(n) + eps));
  auto* elements = static_cast<Element*>(out);
  for (int i = 0; i < n; i += V::kWidth) {
    const Reg d = V::mul(V::sub(V::load(x + i), mean), scale);
    V::store_elements(elements + i, V::fma(d, V::load(weight + i), V::load(bias + i)));
  }
}

// Panels kept in the elements' own type are used where they lie; others are widened into `scratch`.
inline const Element* widen(const uint8_t* panel, Storage storage, size_t begin, int count,
                            Element* scratch) {
  if (storage == V::kStorage) return reinterpret_cast<const Element*>(panel) + begin;
  const uint16_t* from = reinterpret_cast<const uint16_t*>(panel) + begin;
  const bool f16 = storage == Storage::kF16;
  for (int i = 0; i < count; i += V::kWidth) {
    V::store_elements(scratch + i, f16 ? V::load_f16(from + i) : V::load_bf16(from + i));
  }
  return scratch;
}

inline void finish(const GemmTask& t, int panel, const float* products) {
  const float* bias = t.weights->bias.data() + static_cast<size_t>(panel) * kLanes;
  const size_t column = static_cast<size_t>(panel) * kLanes;
  auto* output = static_cast<Element*>(t.output);
  if (t.epilogue == Epilogue::kTranspose) {
    for (int j = 0; j < kLanes; ++j) {
      Element* to = output + (column + j) * t.output_stride + t.row_begin;
      for (int r = 0; r < t.rows; ++r) to[r] = V::element(products[r * kLanes + j] + bias[j]);
    }
    return;
  }
  for (int r = 0; r < t.rows; ++r) {
    const float* c = products + static_cast<size_t>(r) * kLanes;
    const size_t row = static_cast<size_t>(t.row_begin + r);
    for (int j = 0; j < kLanes; j += V::kWidth) {
      const Reg value = V::add(V::load(c + j), V::load(bias + j));
      const size_t at = row * t.output_stride + column + j;
      if (t.epilogue == Epilogue::kAccumulate) {
        V::store(t.residual + at, V::add(V::load(t.residual + at), value));
      } else {
        V::store_elements(output + at, t.epilogue == Epilogue::kGelu ? gelu(value) : value);
      }
    }
  }
}

constexpr size_t kProductFloats = static_cast<size_t>(V::kBlockRows) * kLanes;
constexpr size_t kPanelBytes = static_cast<size_t>(V::kDepth) * kLanes * V::kPair * sizeof(Element);

void gemm(const GemmTask& t, void* scratch) {
  auto* products = static_cast<float*>(scratch);
  auto* widened = reinterpret_cast<Element*>(products + kProductFloats);
  const auto* input = static_cast<const Element*>(t.input);
  const int depth = (t.weights->k + V::kPair - 1) / V::kPair;
  const int blocks = (depth + V::kDepth - 1) / V::kDepth;
  const int step = (depth + blocks - 1) / blocks;
  for (int p = t.panel_begin; p < t.panel_end; ++p) {
    const uint8_t* panel = t.weights->panels + t.weights->panel_bytes * static_cast<size_t>(p);
    for (int d = 0; d < depth; d += step) {
      const int n = std::min(step, depth - d);
      const size_t begin = static_cast<size_t>(d) * kLanes * V::kPair;
      const Element* b = widen(panel, t.weights->storage, begin, n * kLanes * V::kPair, widened);
      const Element* a = input + static_cast<size_t>(d) * V::kPair;
      for (int r = 0; r < t.rows; r += V::kTileRows) {
        tile(a + static_cast<size_t>(r) * t.input_stride, t.input_stride, b, n, products + r * kLanes, d > 0);
      }
    }
    finish(t, p, products);
  }
}

struct AttentionScratch {
  float* result;           // [head size, whole tiles][lanes]
  float* scores;           // [key block][lanes]
  float* top;              // running maximum of each query
  float* sum;              // running sum of each query
  Element* queries;        // [head size / pair][lanes][pair]
  Element* probabilities;  // [key block / pair][lanes][pair]
};

size_t scratch_bytes(int head_size) {
  const size_t rows = static_cast<size_t>(round_up(head_size, V::kTileRows));
  const size_t floats = (rows + kKeyBlock + 2) * kLanes;
  const size_t elements = (rows + kKeyBlock + V::kPair) * kLanes;
  return std::max(kProductFloats * sizeof(float) + kPanelBytes,
                  floats * sizeof(float) + elements * sizeof(Element));
}

AttentionScratch divide(void* scratch, int head_size) {
  const size_t rows = static_cast<size_t>(round_up(head_size, V::kTileRows));
  AttentionScratch s;
  s.result = static_cast<float*>(scratch);
  s.scores = s.result + rows * kLanes;
  s.top = s.scores + kKeyBlock * kLanes;
  s.sum = s.top + kLanes;
  s.probabilities = reinterpret_cast<Element*>(s.sum + kLanes);
  s.queries = s.probabilities + kKeyBlock * kLanes;
  return s;
}

// Turns one block of scores into probabilities relative to the new maximum, and corrects what was summed
// before.
inline void softmax_block(const AttentionScratch& s, int keys, float scale, int result_rows) {
  for (int j = 0; j < kLanes; j += V::kWidth) {
    const Reg before = V::load(s.top + j);
    Reg top = before;
    for (int i = 0; i < keys; ++i) top = V::max(top, V::load(s.scores + i * kLanes + j));
    const Reg factor = V::set(scale);
    const Reg offset = V::mul(top, V::set(-scale));
    const Reg correction = exp2_of(V::fma(before, factor, offset));
    Reg sum = V::mul(V::load(s.sum + j), correction);
    V::store(s.top + j, top);
    for (int i = 0; i < keys; i += V::kPair) {
      Reg p[V::kPair];
      for (int h = 0; h < V::kPair; ++h) {
        p[h] = i + h < keys ? exp2_of(V::fma(V::load(s.scores + (i + h) * kLanes + j), factor, offset))
                            : V::zero();
        sum = V::add(sum, p[h]);
      }
      V::store_pairs(s.probabilities + i * kLanes + j * V::kPair, p);
    }
    V::store(s.sum + j, sum);
    if (V::all_equal(before, top)) continue;
    for (int r = 0; r < result_rows; ++r) {
      float* at = s.result + r * kLanes + j;
      V::store(at, V::mul(V::load(at), correction));
    }
  }
}

void attention(const AttentionTask& t, void* scratch) {
  const AttentionScratch s = divide(scratch, t.head_size);
  const size_t first = static_cast<size_t>(t.head) * t.head_size;
  const auto* q = static_cast<const Element*>(t.q) + first;
  const auto* k = static_cast<const Element*>(t.k) + first;
  const auto* v = static_cast<const Element*>(t.v_t) + first * t.token_stride;
  const int rows = round_up(t.head_size, V::kTileRows);
  const int lanes = std::min(kLanes, t.tokens - t.query_begin);
  // 2^x instead of e^x
  const float scale = 1.4426950408889634f / std::sqrt(static_cast<float>(t.head_size));

  std::fill(s.result, s.result + static_cast<size_t>(rows) * kLanes, 0.0f);
  std::fill(s.top, s.top + kLanes, -1e30f);
  std::fill(s.sum, s.sum + kLanes, 0.0f);
  std::fill(s.queries, s.queries + static_cast<size_t>(t.head_size) * kLanes, Element{});
  for (int lane = 0; lane < lanes; ++lane) {
    const Element* query = q + static_cast<size_t>(t.query_begin + lane) * t.stride;
    for (int i = 0; i < t.head_size; i += V::kPair) {
      for (int h = 0; h < V::kPair; ++h) s.queries[i * kLanes + lane * V::kPair + h] = query[i + h];
    }
  }

  for (int key = 0; key < t.tokens; key += kKeyBlock) {
    const int keys = std::min(kKeyBlock, t.tokens - key);
    for (int i = 0; i < keys; i += V::kTileRows) {
      tile(k + static_cast<size_t>(key + i) * t.stride, t.stride, s.queries, t.head_size / V::kPair,
           s.scores + i * kLanes, false);
    }
    softmax_block(s, keys, scale, rows);
    const int depth = (keys + V::kPair - 1) / V::kPair;
    for (int i = 0; i < rows; i += V::kTileRows) {
      tile(v + static_cast<size_t>(i) * t.token_stride + key, t.token_stride, s.probabilities, depth,
           s.result + i * kLanes, true);
    }
  }

  auto* output = static_cast<Element*>(t.output) + first;
  for (int lane = 0; lane < lanes; ++lane) {
    Element* at = output + static_cast<size_t>(t.query_begin + lane) * t.stride;
    const float scale_back = 1.0f / s.sum[lane];
    for (int i = 0; i < t.head_size; ++i) at[i] = V::element(s.result[i * kLanes + lane] * scale_back);
  }
}

#undef SIGLIP_UNROLL
