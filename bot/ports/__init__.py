"""What the services need from the outside, as small Protocols. Adapters implement them; services own them."""
