"""The reception desk (导办台): drawing for people, answering for the order, counting questions, opening and closing."""
