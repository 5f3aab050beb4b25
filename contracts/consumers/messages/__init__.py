"""What adapters expect of webhooks, and of the events of streamed answers: messages of Pact's."""
