#include <ambula/service/run.hpp>

#include "consultation/definition.hpp"

int main(int argc, char** argv) {
  return ambula::service::run(argc, argv, ambula::consultation::definition());
}
