#include <ambula/service/run.hpp>

#include "queue/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::queue::definition());
}
