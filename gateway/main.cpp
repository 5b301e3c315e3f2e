#include <malloc.h>

#include <ambula/service/run.hpp>

#include "definition.hpp"

namespace {

/// The hash of a password takes 19 MiB for 40 ms. The allocator would learn to keep such blocks in
/// its arenas, one for each thread that ever hashed; mapped, they go back at once.
constexpr int mapped_bytes_min = 4 * 1024 * 1024;

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, mapped_bytes_min);
  return ambula::service::run(argc, argv, ambula::gateway::definition());
}
