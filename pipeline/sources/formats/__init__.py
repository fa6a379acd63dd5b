"""The formats that articles come in, a module each; ``registry`` lists them."""
