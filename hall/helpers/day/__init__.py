"""A helper's day on the phone: who is booked, who has arrived, who calls, whom one is helping."""
