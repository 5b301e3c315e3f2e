#pragma once

namespace ambula::metrics {

/// What the kernel says about this process; 0 where it says nothing.
struct ProcessFigures {
  double cpu_seconds{0};
  double resident_bytes{0};
  double virtual_bytes{0};
  double open_descriptors{0};
  double max_descriptors{0};
  double start_unix_seconds{0};
};

ProcessFigures process_figures();

}  // namespace ambula::metrics
