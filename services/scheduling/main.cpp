#include <ambula/service/run.hpp>

#include "scheduling/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::scheduling::definition());
}
