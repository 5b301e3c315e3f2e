"""The pieces behind `./dev`: one module for each real part that is started and watched."""
