#include <ambula/service/run.hpp>

#include "definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::gateway::definition());
}
