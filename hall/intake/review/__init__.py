"""Behind: the department accepts or asks once, stops and resumes the clock, decides."""
