package systemtest_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tillwright/tillwright/client"
)

// smallDisk is a folder on a disk of its own with that many bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a disk to be filled")
	}
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this machine lets nobody mount a disk to be filled")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after the programs have ended: they were started later
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the room that is left on a disk and gives the file that has
// to be removed to get it back.
func fill(t *testing.T, dir string) (filler string) {
	t.Helper()
	filler = filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{64 << 10, 512} {
		for err = nil; err == nil; _, err = f.Write(make([]byte, size)) {
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return filler
}

func TestTheAgentsDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 2<<20)
	s, b := install(t), newBench(t, 1)
	sh := openShopIn(s, filepath.Join(disk, "agent"), "Ткани", b.registers...)
	sh.on()
	s.well(sh.devices...)
	done := turns(b, 0, 1, nil)
	filler := fill(t, disk)
	done = turns(b, 0, 4, done)
	complete(s, sh.devices[0], done) // what it cannot write down it still tells
	until(t, "the agent says what is wrong", func() bool { return sh.said.has("the disk takes no reports") })
	noted(s, sh.agent, []string{"agent_spool_disk"})

	s.kill()
	done = turns(b, 0, 3, done) // held in memory
	s.up()
	complete(s, sh.devices[0], done)

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	until(t, "the agent goes on", func() bool { return sh.said.has("the disk takes reports again") })
	s.kill()
	done = turns(b, 0, 2, done)
	sh.kill() // now they lie on the disk again
	s.up()
	sh.on()
	complete(s, sh.devices[0], done)
	c := ask[client.Command](s, http.MethodPost, "/devices/"+sh.devices[0]+"/commands", client.NewCommand{Procedure: "fn_status"})
	if c = s.command(c.ID); c.State != "done" {
		t.Errorf("a command ended %s (%s)", c.State, c.Code)
	}
}

func TestTheServersDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 16<<20)
	b := newBench(t, 1)
	s := installIn(t, filepath.Join(disk, "server"))
	sh := openShop(s, "Посуда", b.registers...)
	sh.on()
	s.well(sh.devices...)
	done := turns(b, 0, 2, nil)
	complete(s, sh.devices[0], done)
	filler := fill(t, disk)
	notReady := func() bool {
		code, body := s.plain("/readyz")
		return code == http.StatusServiceUnavailable && strings.Contains(body, "disk")
	}
	until(t, "it calls itself not ready", notReady)
	done = turns(b, 0, 4, done)
	until(t, "the server says what is wrong", func() bool { return s.said.has("full") })
	var err error
	until(t, "a person is told so", func() bool {
		err = s.call(http.MethodPost, "/clients", client.ClientForm{Name: strings.Repeat("ж", 150), Kind: "company", Country: "RU"}, nil)
		return err != nil
	})
	t.Logf("with a full disk: %v", err)
	if !strings.Contains(err.Error(), " 50") || !strings.Contains(err.Error(), `"code":"`) {
		t.Errorf("a person is told %v", err)
	}
	if d := s.device(sh.devices[0]); d.Live == nil || d.Live.State != "ok" {
		t.Errorf("what is known can still be read: %+v", d.Live)
	}
	if !notReady() {
		t.Error("it calls itself ready while its disk is full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	complete(s, sh.devices[0], done)
	until(t, "it is ready again by itself", func() bool { code, _ := s.plain("/readyz"); return code == http.StatusOK })
	s.kill()
	s.up()
	done = turns(b, 0, 1, done)
	complete(s, sh.devices[0], done)
	if a := get[client.AgentDetail](s, "/agents/"+sh.agent); a.Lost != 0 || a.Refused != 0 {
		t.Errorf("the agent lost %d reports, %d were refused", a.Lost, a.Refused)
	}
	must(t, progServer, append([]string{"doctor"}, s.flags...)...)
}
