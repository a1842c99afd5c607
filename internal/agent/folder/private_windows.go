package folder

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// protect takes the folder from everybody but the system, the administrators
// and whoever runs this: what ProgramData hands down lets every user of the
// computer read the agent's key. A folder that somebody has already cut off
// from what is handed down is left as it is.
func protect(path string) error {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if control, _, err := sd.Control(); err == nil && control&windows.SE_DACL_PROTECTED != 0 {
		return nil
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	own, err := windows.SecurityDescriptorFromString(rights(user.User.Sid.String()))
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return errors.Join(handDown(path, own), setAlone(path, own))
}

// cutOff is a list of rights that takes nothing from above.
const cutOff = windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION

// handDown sets the rights of a folder and of what is in it already.
func handDown(path string, sd *windows.SECURITY_DESCRIPTOR) error {
	dacl, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, cutOff, nil, nil, dacl, nil); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return nil
}

// setAlone sets the same on the thing itself without looking at what stands
// above: Wine mixes that in otherwise.
func setAlone(path string, sd *windows.SECURITY_DESCRIPTOR) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	h, err := windows.CreateFile(name, windows.WRITE_DAC|windows.READ_CONTROL, share, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0) // or a folder is not opened
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	defer func() { _ = windows.CloseHandle(h) }()
	if err := windows.SetKernelObjectSecurity(h, cutOff, sd); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return nil
}

// Private says whether a file or folder is closed to the computer's other
// users.
func Private(path string) (bool, error) {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return false, fmt.Errorf("folder: %w", err)
	}
	return closed(sd.String()), nil
}
