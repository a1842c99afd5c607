// Package systemtest holds no code: its tests run the real programs as
// processes of their own, on free ports, and do to them what the world does:
// stop them, kill them, cut their lines, fill their disks, send them nonsense.
package systemtest
