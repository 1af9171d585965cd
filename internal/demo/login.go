package demo

// Password is that of every person of the demonstration.
const Password = "shtab-demo"
